import type { Dialect } from './dialect.ts'
import { type ScenarioBook, makeScenarioBook } from './scenarios/book.ts'

/** The dialects that an emulator speaks. */
export interface Catalog {
  readonly dialects: readonly Dialect[]
  /** The kinds of call of all of them, each once. */
  readonly operations: readonly string[]
  readonly scenarios: ScenarioBook
  /** The dialect of a service that a record belongs to. Throws where a journal names one that is not there. */
  ofProfile(profile: string): Dialect
  /** The dialect that answers on a path; the first one answers on paths that nobody has. */
  ofPath(pathname: string): Dialect
}

/** The catalogue of the dialects, by profile and path. */
export function makeCatalog(dialects: readonly [Dialect, ...Dialect[]]): Catalog {
  const byProfile = new Map(
    dialects.flatMap((dialect) => dialect.profiles.map((profile) => [profile, dialect] as const)),
  )
  const operations = [...new Set(dialects.flatMap((dialect) => dialect.operations))]
  return {
    dialects,
    operations,
    scenarios: makeScenarioBook(dialects, operations),
    ofProfile: (profile) => {
      const dialect = byProfile.get(profile)
      if (!dialect) throw new Error(`No dialect of the emulator serves '${profile}'.`)
      return dialect
    },
    ofPath: (pathname) => dialects.find(({ basePath }) => pathname.startsWith(`${basePath}/`)) ?? dialects[0],
  }
}
