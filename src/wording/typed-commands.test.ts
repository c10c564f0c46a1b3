import { expect, test } from 'vitest'
import { typedCommands } from './typed-commands.ts'

test('a command in words is typed as it works here, for the same project and with who answers, and only once', () => {
  const words = 'offpeak errors 7k2m has it; offpeak init begins anew'
  const typed = typedCommands(words, 'npx offpeak', '--emulator')
  expect(typed).toBe('npx offpeak --emulator errors 7k2m has it; npx offpeak init begins anew')
  expect(typedCommands(typed, 'npx offpeak', '--emulator')).toBe(typed)
  const bare = typedCommands(words, 'offpeak', '--emulator')
  expect(bare).toContain('offpeak --emulator errors 7k2m')
  expect(typedCommands(bare, 'offpeak', '--emulator')).toBe(bare)
})
