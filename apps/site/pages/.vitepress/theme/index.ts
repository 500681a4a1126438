import type { Theme } from "vitepress";
import { withBase } from "vitepress";
import DefaultTheme from "vitepress/theme-without-fonts";
import { defineAsyncComponent, h } from "vue";
import "./home.css";
import "./playground.css";
import "./style.css";

const notFound = () =>
  h("main", { class: "not-found" }, [
    h("h1", "There is no such page"),
    h("p", "It may have been renamed. The search finds every heading of the site."),
    h("a", { href: withBase("/") }, "To the first page"),
  ]);

/** VitePress's own, with the two playgrounds, which are loaded where a page has them. */
const theme: Theme = {
  extends: DefaultTheme,
  Layout: () => h(DefaultTheme.Layout, null, { "not-found": notFound }),
  enhanceApp({ app }) {
    app.component(
      "TrainPlayground",
      defineAsyncComponent(() => import("./train-playground.vue")),
    );
    app.component(
      "IntegratePlayground",
      defineAsyncComponent(() => import("./integrate-playground.vue")),
    );
  },
};
export default theme;
