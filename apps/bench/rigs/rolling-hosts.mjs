// Hosts for the servers of rolling.mjs. They are ports of this host or, as root on Linux, two simulated
// hosts: network namespaces with only a wire to this host.
import { spawnSync } from "node:child_process";

/** @param {number} port The balancer's; the servers' follow it. */
export function onThisHost(port) {
  const hosts = [1, 2].map((k) => ({ address: "127.0.0.1", port: port + k, command: [], options: [] }));
  return { hosts, remove() {} };
}

export function inNamespaces() {
  const made = [1, 2].map((k) => ({ name: `stiffnet${process.pid}-${k}`, wire: `sn${process.pid}${k}`, k }));
  const remove = () => {
    // Deleting a namespace removes both ends of its wire.
    for (const { name } of made) spawnSync("ip", ["netns", "del", name]);
  };
  try {
    for (const { name, wire, k } of made) {
      ip("netns", "add", name);
      ip("link", "add", wire, "type", "veth", "peer", "name", "eth0", "netns", name);
      ip("addr", "add", `10.77.${k}.1/30`, "dev", wire);
      ip("link", "set", wire, "up");
      ip("-n", name, "addr", "add", `10.77.${k}.2/30`, "dev", "eth0");
      ip("-n", name, "link", "set", "eth0", "up");
      ip("-n", name, "link", "set", "lo", "up");
    }
  } catch (error) {
    remove();
    throw error;
  }
  const hosts = made.map(({ name, k }) => ({
    address: `10.77.${k}.2`,
    port: 8000,
    command: ["ip", "netns", "exec", name],
    options: ["--host", `10.77.${k}.2`],
  }));
  return { hosts, remove };
}

function ip(...args) {
  const { status, stderr, error } = spawnSync("ip", args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`ip ${args.join(" ")}: ${error?.message ?? stderr.trim()}`);
}
