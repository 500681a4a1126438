export { main } from "@stiffnet/serve";
