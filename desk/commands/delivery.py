"""outreach delivery: where each organisation's report stands on its way, and a coordinator's word about it."""

from __future__ import annotations

import sys
from email import message_from_bytes
from email.policy import default
from getpass import getuser
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from desk.commands import options
from desk.talking import emit, one_line, say, table, talk

app = typer.Typer(no_args_is_help=False, rich_markup_mode=None, invoke_without_command=True)

Number = Annotated[int, typer.Argument(help="The delivery's number, as the list shows it.")]
Organisation = Annotated[str, typer.Argument(help="The organisation's id in the roster.")]


@app.callback()
def delivery(ctx: typer.Context, config: options.Config = None, json: options.Json = False) -> None:
    """Show where the newest report of every channel stands, and the alerts since, and approve, hold, resend or send.

    \b
    Example:
      outreach delivery approve AU && outreach delivery send
    """
    if ctx.invoked_subcommand is not None:
        return
    from desk import configuration
    from flows import steps

    found = steps.standing(configuration.load(config).path)
    if json:
        emit(
            [
                {
                    "number": each.delivery.number, "organisation": each.delivery.organisation, "channel": each.shown,
                    "night": each.delivery.night.isoformat(), "sort": str(each.delivery.sort),
                    "state": str(each.delivery.state), "attempts": each.delivery.attempts,
                    "answer": each.delivery.answer, "warning": each.warning,
                    "next_try": each.delivery.next_try.isoformat() if each.delivery.next_try else None,
                }
                for each in found
            ]
        )  # fmt: skip
        return
    if not found:
        talk('No report was ever to be sent. Next: in outreach.toml, deliver_to = ["..."] and [delivery]')
        return
    say(
        table(
            ["N", "Organisation", "Channel", "Night", "State", "What came of it"],
            [
                [
                    str(each.delivery.number), each.delivery.organisation, each.shown,
                    f"{each.delivery.night}{', alert' if each.delivery.sort == 'alert' else ''}",
                    str(each.delivery.state), "; ".join(part for part in (each.warning, each.delivery.answer) if part),
                ]
                for each in found
            ],
        )
    )  # fmt: skip
    for each in found:
        if each.delivery.state == "approval":
            talk(
                f"To read what {each.delivery.organisation} would get: outreach delivery show {each.delivery.number}; "
                f"to let it go out: outreach delivery approve {each.delivery.organisation}"
            )


@app.command()
def approve(
    organisation: Organisation,
    note: Annotated[str, typer.Option("--note", help="Why, for whoever asks later.")] = "",
    returned: Annotated[
        bool, typer.Option("--returned", help="Also to readers who left, because they asked to have reports again.")
    ] = False,
    config: options.Config = None,
) -> None:
    """Allow an organisation's reports to go out; the first one needs it, and each new letter before it.

    \b
    Example:
      outreach delivery approve AU --note "agreed with the liaison on 3 March"
    """
    from desk import configuration
    from flows import steps

    path = configuration.load(config).path
    freed = steps.approve(path, organisation, getuser(), note, returned=returned)
    waits = f"{len(freed)} of its reports can go out. Next: outreach delivery send" if freed else "None of them waits"
    talk(f"Reports for {organisation} are approved. {waits}")
    for each in steps.standing(path):
        if each.left and each.delivery.organisation == organisation:
            talk(f"Not to {each.shown}: its reader left. Only when they ask to have it back: --returned")


@app.command()
def hold(
    what: Annotated[str, typer.Argument(help="A delivery's number, or an organisation's id.")],
    config: options.Config = None,
) -> None:
    """Stop one report, or all of an organisation's until it is approved again.

    \b
    Example:
      outreach delivery hold 12
    """
    from desk import configuration
    from flows import steps

    talk(f"{steps.hold(configuration.load(config).path, what)}. Next: outreach delivery")


@app.command()
def resend(number: Number, config: options.Config = None) -> None:
    """Let a report go out once more, the very same message: after a bounce, a refusal, or when it was lost.

    \b
    Example:
      outreach delivery resend 12 && outreach delivery send
    """
    from desk import configuration
    from flows import steps

    found = steps.resend(configuration.load(config).path, number)
    talk(f"{found.organisation}'s report of {found.night} goes out again. Next: outreach delivery send")


@app.command()
def send(config: options.Config = None) -> None:
    """Send what is approved and due now, instead of waiting for the next night or hour.

    \b
    Example:
      outreach delivery send
    """
    from desk import configuration
    from flows import steps

    sent = steps.send_due(configuration.load(config).path)
    talk(f"{sent.words[:1].upper()}{sent.words[1:]}." if sent.words else "There was nothing to send.")


@app.command()
def show(number: Number, config: options.Config = None) -> None:
    """Show the message of a delivery as its reader gets it, with the letter before it.

    \b
    Example:
      outreach delivery show 12
    """
    from desk import configuration
    from flows import steps

    found, body = steps.message(configuration.load(config).path, number)
    if not found.path.endswith(".eml"):
        say(body.decode("utf-8"))
        return
    mail = message_from_bytes(body, policy=default)
    for name in ("From", "To", "Reply-To", "Subject", "Date", "Message-ID", "List-Unsubscribe"):
        if mail[name]:
            say(f"{name}: {one_line(str(mail[name]))}")
    text = mail.get_body(("plain",))
    # Mail ends its lines with two characters.
    say("\n" + (text.get_content().replace("\r\n", "\n") if text is not None else ""))


@app.command()
def letter(organisation: Organisation, as_of: options.AsOf = None, config: options.Config = None) -> None:
    """Show the letter that would go before the first report to an organisation, and where it can be edited.

    \b
    Example:
      outreach delivery letter AU
    """
    from desk import configuration
    from flows import steps

    loaded = configuration.load(config)
    night = configuration.tonight(loaded, as_of)
    version, subject, paragraphs, where = steps.preview(loaded.path, organisation, night)
    say("\n\n".join(one_line(part) for part in (subject, *paragraphs)))
    talk(f"\nVersion {version}, from {where}. Next: to edit it: outreach delivery letters letters")


@app.command()
def letters(folder: Annotated[Path, typer.Argument(help="A folder to lay them into.")] = Path("letters")) -> None:
    """Lay our letters into a folder, to be edited; what stands there already is left as it is.

    \b
    Example:
      outreach delivery letters letters
    """
    from reports.languages import LANGUAGES

    folder.mkdir(parents=True, exist_ok=True)
    for language in LANGUAGES:
        path = folder / f"{language}.txt"
        if path.exists():
            talk(f"{path} was left as it is")
            continue
        path.write_text(files("reports.letters").joinpath(path.name).read_text(encoding="utf-8"), encoding="utf-8")
        say(str(path))
    talk(f'Next: edit them, and in outreach.toml, under [delivery]: letters = "{folder}"')


@app.command()
def bounced(
    notice: Annotated[Path | None, typer.Argument(help="The notice as it came; stdin by default.")] = None,
    config: options.Config = None,
) -> None:
    """Read a notice that a report did not arrive, and note it; a mail server can pipe such notices here.

    \b
    Example:
      outreach delivery bounced notice.eml
    """
    from desk import configuration
    from flows import steps

    body = notice.read_bytes() if notice is not None else sys.stdin.buffer.read()
    found = steps.bounced(configuration.load(config).path, body)
    talk(f"{found.organisation}'s report of {found.night} did not arrive. Next: outreach delivery")
