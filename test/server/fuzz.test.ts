import { expect, test } from 'vitest'
import { createDatabase } from '../support/postgres.ts'
import { fuzz } from './fuzz.ts'

const seed = 20_261_121
const timeout = 180_000

test(
  'thousands of requests, most of them hostile, break nothing and learn nothing',
  { timeout },
  async () => {
    expect(await fuzz(3_500, seed)).toEqual([])
  },
)

test(
  'nor do they with a state in PostgreSQL, which takes less kindly to strange texts',
  { timeout },
  async () => {
    await using database = await createDatabase()
    expect(await fuzz(1_500, seed + 1, { state: database.url })).toEqual([])
  },
)
