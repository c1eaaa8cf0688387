/** What the button of a notice does, by the id of its action. @type {Record<string, (page: Site.RemedyParts) => void>} */
const REMEDIES = {
  retry: ({ restart }) => restart(),
  restart: ({ restart }) => restart(),
  "new-key": ({ restart }) => restart(),
  "choose-microphone": ({ restart }) => restart(), // the browser then takes, or asks for, the one that is left
  "play-audio": ({ session, notices }) => {
    session.playAudio();
    notices.dismiss("audio-blocked");
  },
  "allow-microphone": ({ notices }) =>
    notices.show({
      tone: "info",
      code: "how-to-allow",
      title: "How to allow the microphone",
      text: "Press the icon left of the address, set Microphone to Allow for this site, then start again.",
    }),
  "copy-localhost": ({ notices }) => copyLocalhost(notices),
  "use-local": (page) => switchProvider(page, ({ is_local: isLocal }) => isLocal),
  "switch-ga": (page) => switchProvider(page, ({ dialect }) => dialect === "ga"),
};

/**
 * @param {string} action
 * @param {Site.RemedyParts} page
 */
export function remedy(action, page) {
  REMEDIES[action]?.(page);
}

/**
 * Chooses another provider and starts again; says so when there is none.
 *
 * @param {Site.RemedyParts} page
 * @param {(provider: Site.Provider) => boolean} fits
 */
function switchProvider({ settings, notices, restart }, fits) {
  const other = settings.providers.find((provider) => provider.id !== settings.provider?.id && fits(provider));
  if (other) {
    settings.choose("provider", other.id);
    restart();
  } else {
    notices.show({ tone: "warn", code: "no-other-provider", title: "This site offers no such provider", text: "The person who runs the site can add one." });
  }
}

/**
 * The clipboard is closed on insecure pages, the very case this is for, so the link is also shown.
 *
 * @param {Site.Parts["notices"]} notices
 */
async function copyLocalhost(notices) {
  const link = `http://localhost:${location.port || 80}${location.pathname}`;
  const copied = await navigator.clipboard?.writeText(link).then(() => true, () => false);
  notices.show({
    tone: "info",
    code: "localhost-link",
    title: copied ? "The link is copied" : "Copy this link by hand",
    text: `${link} works in a browser on the computer that runs this site.`,
  });
}
