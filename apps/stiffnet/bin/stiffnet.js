#!/usr/bin/env node
import { main } from "@stiffnet/bench";

await main(process.argv);
