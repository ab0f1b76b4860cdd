// Does what a reader's mouse and keyboard might do, to everything.
() => {
  const kinds = 'mouseover pointerover mousemove focus focusin toggle animationstart load error begin'.split(' ');
  for (const e of document.querySelectorAll('*')) {
    for (const kind of kinds) e.dispatchEvent(new Event(kind));
    if (e.localName === 'details') e.open = true;
    if (e.focus) e.focus();
  }
}
