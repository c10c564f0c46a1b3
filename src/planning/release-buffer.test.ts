import { Buffer } from 'node:buffer'
import { expect, test } from 'vitest'
import { giveBack } from './release-buffer.ts'

test('memory of its own is given back, whole or in part', () => {
  const whole = Buffer.allocUnsafeSlow(100)
  const part = Buffer.allocUnsafeSlow(Buffer.poolSize * 2).subarray(5, 50)
  giveBack(whole)
  giveBack(part)
  expect([whole.length, part.length]).toEqual([0, 0])
})

test('what Node keeps in one piece with others stays as it is', () => {
  const [one, other] = [Buffer.from('one'), Buffer.from('other')]
  giveBack(one)
  expect([one.toString(), other.toString()]).toEqual(['one', 'other'])
})
