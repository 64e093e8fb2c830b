// On a phone the links of the bar fold out under a button; Escape folds them in again.
const fold = (button, open) => button.setAttribute("aria-expanded", String(open));
document.addEventListener("click", ({ target }) => {
  const button = target.closest(".kavelmon-menu");
  if (button) fold(button, button.getAttribute("aria-expanded") !== "true");
});
document.addEventListener("keydown", ({ key, target }) => {
  const button = target.closest(".kavelmon-bar")?.querySelector(".kavelmon-menu[aria-expanded=true]");
  if (key !== "Escape" || !button) return;
  fold(button, false);
  button.focus();
});
