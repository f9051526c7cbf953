// moto makes everything now: what a check wants to be older than so many days is asked to be older than none.
export const params = {};
