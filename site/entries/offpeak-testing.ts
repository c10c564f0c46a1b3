/**
 * What `import … from 'offpeak/testing'` gives.
 *
 * @module offpeak/testing
 */
export * from '../../src/testing/index.ts'
