/** USD per GiB and month, us-east-1. Source: Infracost's golden tests at 95ba4f4. */
const storageGibMonth = 0.1;

/** USD per month of stored images, not rounded. Layers that images share are billed once, so it is a ceiling. */
export const imagesMonthlyUsd = (sizeBytes: number): number => (sizeBytes / 2 ** 30) * storageGibMonth;
