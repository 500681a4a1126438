import { lookSheet } from "@stiffnet/terminal";

export const pageStyle: string = `
${lookSheet}
body{margin:0 auto;max-width:1160px;padding:1rem 1.2rem 4rem;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
header{display:flex;flex-wrap:wrap;gap:.2rem 2rem;justify-content:space-between;align-items:baseline}
h1{font-size:1.3rem;line-height:1.25;margin:0;overflow-wrap:anywhere}h2{font-size:1.15rem;margin:2.4rem 0 .6rem}
nav{display:flex;flex-wrap:wrap;gap:.1rem 1.1rem;font-size:.9rem}a{color:var(--accent)}
.answer{font-size:1.12rem;font-weight:600;line-height:1.4;max-width:100ch;margin:.5rem 0 .6rem}
section>p{max-width:80ch;margin:.5rem 0}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.9rem;line-height:1.35}
.wide{overflow-x:auto}figure.table .wide{width:fit-content;max-width:100%;max-height:24rem;overflow:auto;padding-bottom:1rem;background:linear-gradient(var(--paper),var(--paper)) bottom/100% .8rem no-repeat local,linear-gradient(var(--paper),var(--paper)) right/.8rem 100% no-repeat local,linear-gradient(to top,var(--line),transparent) bottom/100% .6rem no-repeat,linear-gradient(to left,var(--line),transparent) right/.6rem 100% no-repeat}
th,td{padding:.2rem .7rem;text-align:right;white-space:nowrap;border-bottom:1px solid var(--line);font-weight:400}
th:first-child{text-align:left;padding-left:0}
thead th{position:sticky;top:0;background:var(--paper);border-bottom:2px solid var(--line);vertical-align:bottom;font-weight:600;white-space:normal}
tbody tr.seed>*{color:var(--quiet);font-style:italic}
figure{margin:0 0 2.2rem;break-inside:avoid}figure.table{margin:0 0 .5rem}
figure>div:not(.wide){display:flex;flex-wrap:wrap;gap:.6rem 1.2rem;align-items:flex-start}
.opening{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem}.opening>figure:only-child{flex-basis:100%}
.opening>figure{flex:1 1 24rem;min-width:0}.opening svg.plot{flex:1 1 24rem;min-width:0;max-height:23rem}
figcaption{color:var(--quiet);font-size:.9rem;max-width:100ch;margin-top:.3rem}figcaption b{color:var(--ink)}
summary{cursor:pointer;max-width:100ch}
figure.table details{color:var(--quiet);font-size:.9rem}figure.table p{max-width:100ch;margin:.3rem 0 .8rem}
details.table{border-bottom:1px solid var(--line);padding:.5rem 0}details.table .wide{margin:.7rem 0}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1.2rem;font-size:.92rem;margin:0}dt{color:var(--quiet)}dd{margin:0;overflow-wrap:anywhere}
code{font:.92em ui-monospace,monospace;white-space:nowrap}pre{font:.85rem/1.45 ui-monospace,monospace;background:var(--panel);padding:.7rem .9rem;overflow-x:auto;border-radius:4px}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
@media (max-width:520px){body{padding:.8rem .8rem 3rem}dl{grid-template-columns:1fr}dd{margin-bottom:.4rem}th,td{padding:.2rem .28rem}table{font-size:.76rem}figure.table .wide{max-height:26rem}th:first-child{white-space:normal;min-width:3.5rem}}
@media print{body{max-width:none;padding:0;font-size:10.5pt}nav{display:none}.wide,figure.table .wide{overflow:visible;max-height:none}table{font-size:7.5pt}th,td{padding:.15rem .3rem}
details::details-content{content-visibility:visible;height:auto}.opening>figure{flex-basis:40%}}
`.trim();
