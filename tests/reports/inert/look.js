// Says what a page holds that no template of ours writes.
(mail) => {
  const problems = [];
  const tell = (what, e) => problems.push(`${what}: ${e.outerHTML.slice(0, 300)}`);
  const elements = new Set(('html head meta title style body header main footer section article div p h1 h2 h3 ul ol li '
    + 'table caption thead tbody tr th td figure figcaption svg g defs pattern line rect path circle text tspan desc a b '
    + 'strong span bdi code details summary').split(' '));
  const attributes = new Set(('lang dir charset name content http-equiv class id role tabindex aria-labelledby aria-label '
    + 'aria-hidden href rel scope data-side open viewBox x y x1 x2 y1 y2 dy width height rx cx cy r d patternUnits '
    + 'patternTransform text-anchor').split(' '));
  if (mail) attributes.add('style');
  const ids = new Set();
  // A form may hold a field that is called as the property asked for.
  const attributesOf = Object.getOwnPropertyDescriptor(Element.prototype, 'attributes').get;
  for (const e of document.querySelectorAll('*')) {
    if (!elements.has(e.localName)) tell(`element ${e.localName}`, e);
    if (e.shadowRoot) tell('shadow', e);
    for (const { name, value } of attributesOf.call(e)) {
      if (!attributes.has(name)) tell(`attribute ${name}`, e);
      if (name === 'style' && /url\(|expression|behavior|@import|position:\s*(fixed|absolute)/i.test(value)) tell('style', e);
      if (name === 'name' && e.localName !== 'meta') tell('name', e);
      if (name === 'lang' && !/^[A-Za-z0-9-]+$/.test(value)) tell('language', e);
      if (name === 'id' && ids.has(value)) tell('id twice', e);
      if (name === 'id') ids.add(value);
    }
    if (e.localName === 'a') {
      const here = (e.getAttribute('href') || '').startsWith('#');
      if (!here && e.protocol !== 'mailto:' && !(e.protocol === 'https:' && e.hostname === 'example.org')) tell('link', e);
    }
  }
  if (document.querySelectorAll('style').length !== 1) problems.push('another style sheet');
  if (document.querySelectorAll('meta').length !== (mail ? 4 : 5)) problems.push('another meta');
  for (const name of ['cookie', 'title', 'documentElement', 'body', 'getElementById'])
    if (document[name] instanceof HTMLCollection || document[name] instanceof HTMLImageElement) problems.push(`clobbered ${name}`);
  return problems;
}
