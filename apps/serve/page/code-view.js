// Code that asks the service for the shown point.

import { choice, element } from "./elements.js";

const languages = {
  curl: ({ url, body }) =>
    `curl ${url} \\\n  -H 'content-type: application/json' \\\n  -d '${JSON.stringify(body, undefined, 2).replaceAll("'", "'\\''")}'`,
  Python: ({ url, body }) =>
    `import json\nfrom urllib.request import Request, urlopen\n\nbody = ${JSON.stringify(body, undefined, 4)}\nrequest = Request("${url}", json.dumps(body).encode(), {"content-type": "application/json"})\nprint(json.load(urlopen(request))["outputs"])`,
  JavaScript: ({ url, body }) =>
    `const body = ${JSON.stringify(body, undefined, 2)};\nconst response = await fetch("${url}", {\n  method: "POST",\n  headers: { "content-type": "application/json" },\n  body: JSON.stringify(body),\n});\nconsole.log((await response.json()).outputs);`,
};

let language = 0;

export function drawCode({ model, point, service, redraw }) {
  if (!service.url) {
    return [
      element(
        "p",
        { class: "quiet" },
        "This page computes by itself. Run the model's ONNX file with stiffnet-serve to ask it from a program.",
      ),
    ];
  }
  const names = Object.keys(languages);
  const code = languages[names[language]]({
    url: `${service.url}/predict`,
    body: { model: model.name, inputs: point },
  });
  const select = choice("Language", names, language, (index) => {
    language = index;
    redraw();
  });
  const copy = element("button", { type: "button" }, "Copy");
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(code);
    copy.textContent = "Copied";
  });
  return [
    element("div", { class: "choices" }, select, copy),
    element("pre", { tabindex: "0", "aria-label": `Code in ${names[language]}` }, code),
  ];
}
