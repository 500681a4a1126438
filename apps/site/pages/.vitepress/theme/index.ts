import type { Theme } from "vitepress";
import DefaultTheme from "vitepress/theme-without-fonts";
import { defineAsyncComponent } from "vue";
import "./style.css";

/** VitePress's own, with the two playgrounds, which are loaded where a page has them. */
const theme: Theme = {
  extends: DefaultTheme,
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
