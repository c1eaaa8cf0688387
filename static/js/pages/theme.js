/*
 * Light or dark as chosen last time, else as the system says. A classic script in <head>: a module
 * would run after the first paint and the page would flash in the wrong theme.
 */
(() => {
  const root = document.documentElement;

  /** @returns {string | null} */
  const remembered = () => {
    try {
      return localStorage.getItem("theme");
    } catch {
      return null; // storage is blocked: the system's theme is used
    }
  };

  /** @param {string} theme */
  const remember = (theme) => {
    try {
      localStorage.setItem("theme", theme);
    } catch {
      // storage is blocked: the choice lasts as long as this page
    }
  };

  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches);

  const theme = remembered();
  if (theme) root.dataset.theme = theme;
  document.addEventListener("click", ({ target }) => {
    if (!(target instanceof Element) || !target.closest("[data-theme-toggle]")) return;
    root.dataset.theme = isDark() ? "light" : "dark";
    remember(root.dataset.theme);
  });
})();
