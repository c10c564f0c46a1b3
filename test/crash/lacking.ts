import { registerHooks } from 'node:module'

/** Read with `--import`: a package that this machine has, and the process finds as little as if it were not installed. */
const lacked = process.env['OFFPEAK_TEST_LACKS']

registerHooks({
  resolve(specifier, context, next) {
    if (specifier !== lacked) return next(specifier, context)
    throw Object.assign(new Error(`Cannot find package '${specifier}' imported from a worker`), {
      code: 'ERR_MODULE_NOT_FOUND',
    })
  },
})
