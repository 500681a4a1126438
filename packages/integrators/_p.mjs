import * as I from "@stiffnet/integrators";
const which=process.argv[2], sn=process.argv[3], rtol=Number(process.argv[4]??1e-5);
const p= which==="BRUSS"?{...I.brusselator(100),atolFor:r=>new Array(200).fill(r)}:I[which.toLowerCase()];
const o={solver:I[sn],rtol,atol:p.atolFor(rtol),saveAt:"end"};
let best=1e9,r; const b=performance.now(); while(performance.now()-b<(Number(process.argv[5]??2000))){const s=performance.now(); r=I.solve(p,o); best=Math.min(best,performance.now()-s);}
console.log(which,sn,rtol,best.toFixed(4),'ms',r.stats.steps,r.stats.rejected,'us/step',(best*1000/r.stats.steps).toFixed(2), JSON.stringify(r.stats));
