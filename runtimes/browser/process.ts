/** The little of Node's `process` that the package `assert` reads. Seen by that package alone, never by the tests. */
export const process = { env: {}, noDeprecation: true };
