import type { Figure, How } from './figure.ts'

/** What takes one or several figures. */
export interface Measure {
  /** Which of the promised figures. */
  readonly rows: readonly number[]
  /** So many minutes it may take on a busy machine; after that it is ended and counts as not measured. */
  readonly quickMinutes: number
  readonly fullMinutes: number
  /** Loaded in a process of its own when its turn has come. What it gives throws when it cannot measure. */
  readonly load: () => Promise<(how: How) => Promise<readonly Figure[]>>
}

/** What is measured, by name, in the order of its use to somebody who pays for answers. */
export const measures: Readonly<Record<string, Measure>> = {
  creates: {
    rows: [5, 6],
    quickMinutes: 9,
    fullMinutes: 600,
    load: async () => (await import('./measures/ambiguous-creates.ts')).ambiguousCreates,
  },
  estimates: {
    rows: [8],
    quickMinutes: 7,
    fullMinutes: 20,
    load: async () => (await import('./measures/estimates.ts')).estimates,
  },
  rivals: {
    rows: [7],
    quickMinutes: 7,
    fullMinutes: 30,
    load: async () => (await import('./measures/rival-reservations.ts')).rivalReservations,
  },
  malformed: {
    rows: [11, 12],
    quickMinutes: 7,
    fullMinutes: 30,
    load: async () => (await import('./measures/malformed-answers.ts')).malformedAnswers,
  },
  cuts: {
    rows: [13],
    quickMinutes: 11,
    fullMinutes: 180,
    load: async () => (await import('./measures/cut-downloads.ts')).cutDownloads,
  },
  merges: {
    rows: [14],
    quickMinutes: 7,
    fullMinutes: 60,
    load: async () => (await import('./measures/merge-idempotence.ts')).mergeIdempotence,
  },
  commits: {
    rows: [16],
    quickMinutes: 9,
    fullMinutes: 120,
    load: async () => (await import('./measures/lost-commits.ts')).lostCommits,
  },
  operators: {
    rows: [18],
    quickMinutes: 9,
    fullMinutes: 900,
    load: async () => (await import('./measures/rival-operators.ts')).rivalOperators,
  },
  recovery: {
    rows: [19],
    quickMinutes: 11,
    fullMinutes: 30,
    load: async () => (await import('./measures/recovery.ts')).recovery,
  },
  traces: {
    rows: [25, 27],
    quickMinutes: 9,
    fullMinutes: 60,
    load: async () => (await import('./measures/traces.ts')).traces,
  },
  hostile: {
    rows: [26],
    quickMinutes: 7,
    fullMinutes: 5,
    load: async () => (await import('./measures/hostile-outputs.ts')).hostileOutputs,
  },
  load: {
    rows: [28],
    quickMinutes: 9,
    fullMinutes: 20,
    load: async () => (await import('./measures/server-load.ts')).serverLoad,
  },
  repeats: {
    rows: [32],
    quickMinutes: 9,
    fullMinutes: 120,
    load: async () => (await import('./measures/repeats.ts')).repeats,
  },
  crash: {
    rows: [1, 7],
    quickMinutes: 17,
    fullMinutes: 120,
    load: async () => (await import('./measures/kills.ts')).namedKills,
  },
  trouble: {
    rows: [2],
    quickMinutes: 13,
    fullMinutes: 60,
    load: async () => (await import('./measures/kills.ts')).kills,
  },
  backward: {
    rows: [21],
    quickMinutes: 11,
    fullMinutes: 60,
    load: async () => (await import('./measures/kills.ts')).restored,
  },
  bill: {
    rows: [7, 31],
    quickMinutes: 11,
    fullMinutes: 10,
    load: async () => (await import('./measures/suites.ts')).faultyServices,
  },
  disk: {
    rows: [17],
    quickMinutes: 7,
    fullMinutes: 5,
    load: async () => (await import('./measures/suites.ts')).fullDisks,
  },
  upgrade: {
    rows: [20],
    quickMinutes: 7,
    fullMinutes: 5,
    load: async () => (await import('./measures/suites.ts')).upgrades,
  },
  doors: {
    rows: [23, 24],
    quickMinutes: 7,
    fullMinutes: 5,
    load: async () => (await import('./measures/suites.ts')).doors,
  },
  fuzz: {
    rows: [22],
    quickMinutes: 7,
    fullMinutes: 60,
    load: async () => (await import('./measures/programs.ts')).fuzz,
  },
  fleet: {
    rows: [9, 15],
    quickMinutes: 11,
    fullMinutes: 45,
    load: async () => (await import('./measures/programs.ts')).fleet,
  },
  storm: {
    rows: [9, 10],
    quickMinutes: 11,
    fullMinutes: 30,
    load: async () => (await import('./measures/programs.ts')).storm,
  },
  packages: {
    rows: [30],
    quickMinutes: 3,
    fullMinutes: 1,
    load: async () => (await import('./measures/packages.ts')).packages,
  },
}

/** What is promised and taken by nothing here, by its number, and why. */
export const unmeasured: Readonly<Record<number, string>> = {
  3: 'there is no simulation under a clock of its own; 5, 6, 13, 16, 18 and the kills run the real flow under seeds',
  4: 'belongs to 3; 31 counts the faults of services that are played',
  29: 'needs the whole test suite under coverage, and a mutation tester, which is not installed',
}
