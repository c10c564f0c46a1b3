import { randomBytes } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import { expect, test } from 'vitest'
import { type Signature, signatureBy } from './signature.ts'

const at = 1_614_265_330
const message = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: at, body: '{"test": 2432232314}' }

function of(secret: string): Signature {
  const signature = signatureBy(secret)
  if (signature === null) throw new Error('no secret')
  return signature
}

function isGood(
  given: Partial<{ id: string; timestamp: string; body: string }>,
  signatures: string,
): boolean {
  const sent = { id: message.id, timestamp: String(at), body: message.body, ...given }
  return of('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw').isGood(sent, signatures, at * 1_000)
}

test('a message is signed as the specification signs it', () => {
  // The example of the specification's own libraries.
  const signed = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
  expect(of('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw').sign(message)).toBe(signed)
  expect(of('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw').sign(message)).toBe(signed)
  expect(isGood({}, signed)).toBe(true)
  expect(isGood({}, `v1,other v2,${signed.slice(3)} ${signed}`), 'one of several').toBe(true)
})

test('the reference library reads what is signed here, and what it signs is read here', () => {
  for (const body of ['', '{}', 'é — 日本 🚢', '\u0000\n', JSON.stringify({ data: { id: 'x' } })]) {
    const secret = `whsec_${randomBytes(24).toString('base64')}`
    const now = Math.floor(Date.now() / 1_000)
    const reference = new Webhook(secret)
    const ours = of(secret).sign({ id: 'msg_1', timestamp: now, body })
    expect(ours).toBe(reference.sign('msg_1', new Date(now * 1_000), body))
    expect(of(secret).isGood({ id: 'msg_1', timestamp: String(now), body }, ours, Date.now())).toBe(true)
  }
})

test('nothing is good that is another message, of another time, or signed by nobody', () => {
  const signed = of('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw').sign(message)
  expect(isGood({ body: `${message.body} ` }, signed)).toBe(false)
  expect(isGood({ id: 'msg_other' }, signed)).toBe(false)
  expect(isGood({ timestamp: String(at + 1) }, signed)).toBe(false)
  for (const timestamp of ['', 'x', '1e9', '-5', ' 1614265330', '9'.repeat(30)])
    expect(isGood({ timestamp }, signed), timestamp).toBe(false)
  for (const signatures of ['', ' ', 'v1,', signed.slice(0, -1), signed.slice(3), signed.replace('v1', 'v2')])
    expect(isGood({}, signatures), signatures).toBe(false)
  const sent = { id: message.id, timestamp: String(at), body: message.body }
  const key = of('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')
  expect(key.isGood(sent, signed, (at + 300) * 1_000)).toBe(true)
  for (const off of [301, -301, 86_400]) expect(key.isGood(sent, signed, (at + off) * 1_000)).toBe(false)
})

test('a secret is base64 of at least a byte', () => {
  for (const secret of ['', 'whsec_', 'whsec_not base64!', 'whsec_YQ', 'whsec_YR==', 'whsec_whsec_YWJj'])
    expect(signatureBy(secret), secret).toBeNull()
  expect(signatureBy('whsec_YQ==')).not.toBeNull()
})
