/**
 * The figures that show whether the promises hold: `npm run scoreboard [-- --only crash,backward] [--whole] [--seed 1]`.
 * Each is measured now, by the tests and scripts that anyone can run, and printed with its target and seed; what was not
 * run is left out. `--whole` takes every crash point, a hundred thousand calls and five minutes of restarts in place of
 * a sample. Exits with 1 when a figure misses its target, or could not be measured.
 */
import { parseArgs } from 'node:util'
import { type Figure, tableOf } from './scoreboard/figure.ts'
import { measures } from './scoreboard/measures.ts'

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: Object.keys(measures).join(',') },
    whole: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
  },
})
const chosen = values.only.split(',').map((name) => {
  const measure = measures[name]
  if (measure === undefined)
    throw new Error(`there is no measure "${name}"; there are ${Object.keys(measures).join(', ')}`)
  return { name, measure }
})
const figures: Figure[] = []
for (const { name, measure } of chosen) {
  try {
    figures.push(...(await measure({ isWhole: values.whole, seed: values.seed })))
  } catch (thrown) {
    process.exitCode = 1
    process.stderr.write(
      `${name} was not measured: ${thrown instanceof Error ? thrown.message : String(thrown)}\n`,
    )
  }
}
if (figures.length > 0) console.log(tableOf(figures))
if (figures.some(({ isMet }) => !isMet)) process.exitCode = 1
