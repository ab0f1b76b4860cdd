// Writes the page out and reads it again, twice, then once more inside another element: how many elements that gives.
() => {
  for (let turn = 0; turn < 2; turn++) document.body.innerHTML = document.body.innerHTML;
  const around = document.createElement('div');
  around.innerHTML = document.documentElement.outerHTML;
  return [document.querySelectorAll('*').length, around.querySelectorAll('*').length];
}
