// What the programs here have in common.
const { createHash } = require('crypto')

/** SHA-256 of the key, a zero and the value. */
exports.digest = ({ key, value }) => {
  const hash = createHash('sha256')
  if (key !== null) hash.update(key)
  return hash.update(Buffer.from([0])).update(value).digest('hex')
}

/** Ends the program by a failure. */
exports.end = failure => {
  console.error(failure)
  process.exit(1)
}
