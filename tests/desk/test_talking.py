"""What others wrote cannot drive the terminal it is shown on."""

from __future__ import annotations

import json

import pytest

from desk.talking import emit, one_line, say, table, talk

DRIVING = {
    "colour": "\x1b[31mred",
    "title of the window": "\x1b]0;pwned\x07",
    "clear the screen": "\x1b[2J\x1b[H",
    "a link": "\x1b]8;;https://evil.example\x1b\\Gaborone\x1b]8;;\x1b\\",
    "the clipboard": "\x1b]52;c;cm0gLXJmIH4=\x07",
    "eight-bit escape": "\x9b31mred",
    "eight-bit string": "\x9d0;pwned\x9c",
    "over the line": "Cairo\rAccra",
    "backspaces": "Cairo\b\b\b\b\bAccra",
    "a bell": "Cairo\a",
    "nothing at all": "Cairo\x00",
    "delete": "Cairo\x7f",
    "form feed": "Cairo\x0c\x0b",
    "right to left": "Cairo \u202egnp.exe\u2066",
    "half a character": "Cairo \ud83d",
}


@pytest.mark.fault("T45")
@pytest.mark.parametrize("text", DRIVING.values(), ids=DRIVING)
def test_a_text_of_others_cannot_drive_the_terminal(capfd, text):
    """A title, a problem and a server's words all come from strangers; each is shown, and none is obeyed."""
    say(text)
    say(table(["Title"], [[text]]))
    talk(f"problem: {one_line(text)}")
    emit({"title": text})

    out, err = capfd.readouterr()
    for letter in text:
        if not letter.isprintable():
            assert letter not in (out + err).replace("\n", "")
    assert "\\x" in out or "\\u" in out
    shown = out[out.index("{") :]
    assert json.loads(shown) == {"title": text}


def test_a_line_break_in_a_cell_makes_no_line(capfd):
    """A title could otherwise write a row of its own: another event, or another verdict."""
    say(table(["N", "Title"], [["1", "Cairo\n2  Nairobi\tdismissed"]]))

    out, _ = capfd.readouterr()
    assert out.splitlines() == ["N  Title", "1  Cairo\\x0a2  Nairobi\\x09dismissed"]


def test_words_of_every_script_are_shown_as_they_are(capfd):
    """Only what steers is replaced; a name in Arabic or an accent is neither."""
    words = "Réunion à Lomé, ورشة عمل في القاهرة, 研讨会, workshop – “1540”"

    say(words)

    assert capfd.readouterr().out == words + "\n"
