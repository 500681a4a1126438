export { main } from "@stiffnet/bench";
