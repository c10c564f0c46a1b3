/**
 * What `import … from 'offpeak/provider'` gives.
 *
 * @module offpeak/provider
 */
export * from '../../src/provider.ts'
