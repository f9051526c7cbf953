// Checks that moto cannot put to the proof, and why. One that is seeded all the same, or in neither table, fails the test.
export const unjudged = {};
