/**
 * What `import … from 'offpeak'` gives.
 *
 * @module offpeak
 */
export * from '../../src/index.ts'
