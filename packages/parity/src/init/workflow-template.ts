/**
 * The workflow that `corr2d-parity init` writes: four shards, put together to one report.
 *
 * @module
 */

/** Its text, for a module, with the version that is installed. */
export function workflowTemplate(module: string, version: string): string {
  return `name: parity
on: [push, pull_request]
permissions:
  contents: read
jobs:
  parity:
    runs-on: ubuntu-latest
    strategy:
      fail-fast: false
      matrix:
        shard: [1, 2, 3, 4]
    env:
      CORR2D_SHARD_INDEX: \${{ strategy.job-index }}
      CORR2D_SHARD_COUNT: \${{ strategy.job-total }}
    steps:
      - uses: actions/checkout@v6
      - uses: actions/setup-node@v6
        with: { node-version: 24 }
      - run: npm ci
      # What failed once is asked first: commit parity-regressions, or upload it from here.
      - run: npx --yes --package @corr2d/parity@${version} corr2d-parity check ${module} --shard auto --records parity-\${{ strategy.job-index }}.jsonl
      - uses: actions/upload-artifact@v6
        if: always()
        with: { name: "parity-\${{ strategy.job-index }}", path: "parity-*" }
  report:
    needs: parity
    if: always()
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v6
      - uses: actions/setup-node@v6
        with: { node-version: 24 }
      - uses: actions/download-artifact@v6
        with: { merge-multiple: true }
      - run: npx --yes --package @corr2d/parity@${version} corr2d-parity merge parity-*.jsonl --markdown "$GITHUB_STEP_SUMMARY" --html parity.html
      - uses: actions/upload-artifact@v6
        if: always()
        with: { name: parity, path: parity.html }
`;
}
