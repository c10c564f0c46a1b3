import { expect, test } from 'vitest'
import { withFlag } from './typed-flag.ts'

test.each([
  ['offpeak run notes --limit 5', 'offpeak run --emulator notes --limit 5'],
  ['offpeak results x | jq .', 'offpeak results --emulator x | jq .'],
  ['offpeak dev --speed 100x', 'offpeak dev --speed 100x'],
  ['npm install', 'npm install'],
])('`%s` is typed as `%s` where the emulator was chosen by a flag', (command, typed) => {
  expect(withFlag(command, '--emulator')).toBe(typed)
  expect(withFlag(command, '')).toBe(command)
})
