// Elements of the document.

/** element("td", { class: "number" }, "text", child...) */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** A select with a label; `onChange` is given the index. */
export function choice(label, names, chosen, onChange) {
  const select = element("select", {}, ...names.map((name) => element("option", {}, name)));
  select.selectedIndex = chosen;
  select.addEventListener("change", () => onChange(select.selectedIndex));
  return element("label", {}, `${label} `, select);
}
