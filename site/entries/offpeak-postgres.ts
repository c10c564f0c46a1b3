/**
 * What `import … from 'offpeak/postgres'` gives.
 *
 * @module offpeak/postgres
 */
export * from '../../src/postgres.ts'
