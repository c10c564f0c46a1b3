import { effects, reviewEffects } from '../../src/engine/crash-points.ts'
import { generated } from './generated.ts'

/** The whole text of `docs/internals/crash-points.md`. */
export function crashPointsPage(): string {
  const steps = Map.groupBy([...effects, ...reviewEffects], (effect) => effect.slice(0, effect.indexOf('.')))
  return `# Crash points

${generated('the list of effects', 'src/engine/crash-points.ts')}

A *crash point* is a place just before or just after an effect that a process cannot take back or repeat freely: a commit, a
file that gets its name, a call to a provider, a write to a sink. Each effect below has two of them, \`<effect>.before\` and
\`<effect>.after\`. This page is for people who work on Offpeak; what a crash leaves behind and what the next process does
about it stands in [operations.md](../operations.md#what-happens-when-a-process-dies).

\`npm run test:crash\` starts a real process with \`OFFPEAK_CRASH=<point>:<hit>\`, lets it end itself at that point, starts
another one, and compares the table, the ledger and the bill of the emulator with those of an undisturbed run. \`npm test\`
does so for a selection. Where the requests go with the create, \`test/crash/inline.test.ts\` also ends the process with half and
with all of the body sent. An effect that is new gets a name in the list, and its step in the flow runs between its two
points.

| step | effects, in the order in which a run meets them |
|---|---|
${[...steps].map(([step, own]) => `| ${step} | ${own.map((effect) => `\`${effect}\``).join(' · ')} |`).join('\n')}
`
}
