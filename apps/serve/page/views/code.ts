import { button, choice, copied, element } from "../elements.ts";
import { bar, note, type View } from "./context.ts";

const languages: Readonly<Record<string, (asked: { url: string; body: object }) => string>> = {
  curl: ({ url, body }) =>
    `curl ${url} \\\n  -H 'content-type: application/json' \\\n  -d '${JSON.stringify(body, undefined, 2).replaceAll("'", "'\\''")}'`,
  Python: ({ url, body }) =>
    `import json\nfrom urllib.request import Request, urlopen\n\nbody = ${JSON.stringify(body, undefined, 4)}\nrequest = Request("${url}", json.dumps(body).encode(), {"content-type": "application/json"})\nprint(json.load(urlopen(request))["outputs"])`,
  JavaScript: ({ url, body }) =>
    `const body = ${JSON.stringify(body, undefined, 2)};\nconst response = await fetch("${url}", {\n  method: "POST",\n  headers: { "content-type": "application/json" },\n  body: JSON.stringify(body),\n});\nconsole.log((await response.json()).outputs);`,
};

/** Code that asks the service for the shown point. */
export const code: View = {
  label: "Code",
  async draw({ model, variables, texts, service, choices, redraw }) {
    if (!service.url) {
      return [
        note(
          "This page computes by itself. Run the model's ONNX file with stiffnet-serve to ask it from a program.",
        ),
      ];
    }
    const names = Object.keys(languages);
    const language = names[choices.language]!;
    const inputs = Object.fromEntries(
      variables.map(({ name, values }, j) => [name, values ? texts[j]! : Number(texts[j])]),
    );
    const text = languages[language]!({
      url: `${service.url}/predict`,
      body: { model: model.name, version: model.version, inputs },
    });
    const select = choice("Language", names, choices.language, (index) => {
      choices.language = index;
      redraw();
    });
    return [
      bar(
        select,
        button("Copy", () => copied(text)),
        element("a", { href: "docs" }, "All routes"),
      ),
      element("pre", { tabindex: "0", role: "region", "aria-label": `Code in ${language}` }, text),
    ];
  },
};
