import { expect, test } from 'vitest'
import { metadataOf, nameOf } from './batch-name.ts'

test('a name that was cut within its last letter still names a batch', () => {
  const job = 'reviews 😀'.slice(0, -1)
  const metadata = metadataOf(nameOf({ offpeak_nonce: 'abc', offpeak_job: job }))
  expect(metadata).toEqual({ offpeak_nonce: 'abc', offpeak_job: 'reviews \uFFFD' })
})
