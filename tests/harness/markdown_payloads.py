"""What a stranger may write to have Markdown fetch a picture, show markup, or lead elsewhere than it says."""

from __future__ import annotations

PAYLOADS = (
    # Pictures, which tell their server who reads.
    "![](https://beacon.invalid/p.png)", "![x][ref]", "![x](//beacon.invalid/p.png 'title')",
    "[![x](https://beacon.invalid/p.png)](https://beacon.invalid/)", "<img src=https://beacon.invalid/p.png>",
    "![x](<https://beacon.invalid/a b.png>)", "!\\[x](https://beacon.invalid/p.png)",
    "\\![x](https://beacon.invalid/p.png)",
    # Links that say one thing and lead to another.
    "[https://un.example](https://beacon.invalid/)", "[x](javascript:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "<https://beacon.invalid/>", "<javascript:alert(1)>", "<a@beacon.invalid>", "https://beacon.invalid/",
    "www.beacon.invalid",
    "https://un.example@beacon.invalid/", "[ref]: https://beacon.invalid/ 'x'",
    "x\n\n[ref]: https://beacon.invalid/\n\n[ref]",
    "[x](\nhttps://beacon.invalid/\n)", "\\[x\\](https://beacon.invalid/)", "[[x](https://beacon.invalid/)",
    # Markup.
    "<script>alert(1)</script>", "<b onclick=alert(1)>x</b>", "<!-- x -->", "x<br>y", "&lt;b&gt; &amp; &copy; &#x3c;",
    "**bold** _low_ ~~gone~~", "`code` ``more``", "_a_b_ *c*d* __e__",
    # Parts of a page.
    "# heading", "x\n===", "x\n\n---\n\ny", "> said", "- item\n- item", "1. item", "```\ncode\n```", "    code",
    "a | b\n--|--\nc | d",
    "|| x |",
)  # fmt: skip
"""40 payloads."""
