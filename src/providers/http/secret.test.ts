import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { messageOf } from '../../domain/errors.ts'
import { Secret, secretKey } from './secret.ts'

const value = 'sk-0123456789abcdef'

test('a secret shows itself in no way of printing', () => {
  const secret = new Secret(value)
  const shown = [
    inspect({ secret }, { depth: 9, showHidden: true }),
    JSON.stringify({ secret }),
    String(secret),
    secret.toString(),
  ]
  for (const text of shown) {
    expect(text).toContain('[redacted]')
    expect(text).not.toContain(value)
  }
  expect(secret.reveal()).toBe(value)
  expect(secret.digest()).toMatch(/^[0-9a-f]{12}$/)
})

test('a key loses the line break it was copied with, and an unusable one is refused without being shown', () => {
  expect(secretKey(`${value}\n`, 'host').reveal()).toBe(value)
  expect(secretKey(new Secret(` ${value}`), 'host').reveal()).toBe(value)
  for (const bad of ['', '  ', `${value} ${value}`, `${value}\r\nx: y`, `“${value}”`]) {
    try {
      secretKey(bad, 'host')
      expect.unreachable()
    } catch (thrown) {
      expect(thrown).toMatchObject({ code: 'E_CREDENTIALS' })
      expect(messageOf(thrown)).not.toContain(value)
    }
  }
})
