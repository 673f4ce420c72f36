import { benchInflux } from '/work/main/bench/influx.ts';
import { table } from '/work/main/bench/table.ts';
console.log(table(await benchInflux({ quick: process.argv[2] === 'quick', full: false }, (t) => console.error(t))));
