/**
 * Runs before every page, in a world of its own. Gives the page nothing: the window talks to the agent over HTTP like any browser, so
 * there is no bridge to misuse. It only takes away what a touch screen can do by accident: dropping, dragging, the context menu.
 */
const refuse = (event: Event): void => event.preventDefault();

for (const name of ['dragenter', 'dragover', 'drop', 'dragstart', 'contextmenu', 'auxclick'] as const) {
  window.addEventListener(name, refuse, { capture: true });
}
window.addEventListener(
  'wheel',
  (event) => {
    if (event.ctrlKey) event.preventDefault();
  },
  { capture: true, passive: false },
);
