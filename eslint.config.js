import js from "@eslint/js";
import globals from "globals";

const LAYERS = ["audio", "realtime", "elements", "pages"];
const worklets = ["static/js/audio/*-processor.js"];

/** Nothing of a layer may import from the layers above it. */
const layerRules = LAYERS.slice(0, -1).map((layer, index) => ({
  files: [`static/js/${layer}/**/*.js`],
  rules: {
    "no-restricted-imports": [
      "error",
      {
        patterns: [
          {
            group: LAYERS.slice(index + 1).map((above) => `**/${above}/**`),
            message: `${layer}/ knows nothing of what is built on it: pages > elements > realtime > audio.`,
          },
        ],
      },
    ],
  },
}));

export default [
  js.configs.recommended,
  {
    rules: {
      // Django's manifest storage rewrites only imports that end in a semicolon.
      semi: ["error", "always"],
      eqeqeq: "error",
      "no-console": "error",
      "no-var": "error",
      "prefer-const": "error",
      "no-restricted-syntax": [
        "error",
        {
          selector: ":matches(ImportDeclaration, ImportExpression, ExportNamedDeclaration, ExportAllDeclaration) > Literal.source[value=/^\\..*(?<!\\.m?js)$/]",
          message: "Browsers and the manifest storage need the file's extension.",
        },
      ],
    },
  },
  { files: ["static/js/**/*.js", "benchmarks/*.js", "tests/browser/**/*.js"], languageOptions: { globals: globals.browser } },
  { files: worklets, languageOptions: { globals: globals.audioWorklet } },
  ...layerRules,
  {
    files: ["static/js/{audio,realtime}/**/*.js"],
    rules: { "no-restricted-globals": ["error", "document", "window", "self"] },
  },
  {
    files: worklets,
    rules: { "no-restricted-syntax": ["error", { selector: "ImportDeclaration", message: "A worklet is one file." }] },
  },
  { files: ["tests/js/**/*.js", "eslint.config.js"], languageOptions: { globals: globals.node } },
];
