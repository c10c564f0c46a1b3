import { describe, expect, test } from 'vitest'
import { databases } from '../../../test/support/databases.ts'
import { arrayTypes, columnTypes, createTypes } from '../../../test/support/postgres-types.ts'
import { typesOnPage } from '../../../test/support/postgres-types-page.ts'
import { roundTrips } from '../../../test/support/postgres-round-trips.ts'

const all = [...columnTypes, ...arrayTypes]

describe('a value of every column type', () => {
  for (const { name, open } of databases) {
    test(`of ${name} comes back as it was, from its source to its sink`, async () => {
      await using opened = await open()
      const types = all.filter(({ needs }) => needs === undefined || name === 'PostgreSQL')
      if (name === 'PostgreSQL')
        await opened.database.exec('create extension citext; create extension hstore; create extension ltree')
      await opened.database.exec(createTypes)
      const trips = await roundTrips(opened, types)
      expect(trips.length).toBeGreaterThan(200)
      const strange = trips.filter(({ stored, written, becomes }) => {
        const expected = becomes === null ? stored : becomes === 'null' ? null : becomes
        return written !== expected || stored === null
      })
      expect(strange).toEqual([])
      if (name !== 'PostgreSQL') return
      const { now, made } = await typesOnPage(trips)
      expect(now, 'npm run docs:types writes the page anew').toBe(made)
    })
  }
})
