import { expect, test } from 'vitest'
import { listCommand } from './rows-commands.ts'

test.each([
  [{}, 'offpeak results 7k2m'],
  [{ outcome: 'merged' }, 'offpeak results 7k2m --status ok'],
  [{ outcome: 'invalid,expired' }, 'offpeak errors 7k2m --status invalid,expired'],
  [{ reason: "isn't" }, "offpeak errors 7k2m --error 'isn'\\''t'"],
  [{ q: 'case-1' }, `offpeak results 7k2m | jq -c 'select((.key | startswith("case-1")))'`],
  [
    { outcome: 'merged', batch: 3 },
    `offpeak results 7k2m --fields key,outcome,reason,output,batch | jq -c 'select((.outcome | IN("merged")) and .batch == 3)'`,
  ],
])('the filter %j is %s', (search, command) => {
  expect(listCommand('7k2m', search)).toBe(command)
})
