/**
 * What `import … from 'offpeak/emulator'` gives.
 *
 * @module offpeak/emulator
 */
export * from '../../src/emulator/index.ts'
