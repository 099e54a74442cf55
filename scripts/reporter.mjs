// A vitest reporter that keeps, in the file $TEST_SUMMARY, what has passed where and how long it took: up to date after every test file, so that also
// a run that had to be killed leaves its numbers and the files that were still running.
import { writeFileSync } from 'node:fs';

export default class Summary {
  projects = {};
  running = new Set();
  unhandled = 0;

  onTestModuleStart(module) {
    this.running.add(this.#title(module));
    this.#write();
  }

  onTestModuleEnd(module) {
    this.running.delete(this.#title(module));
    const counts = (this.projects[module.project.name] ??= {
      passed: 0,
      failed: 0,
      skipped: 0,
      seconds: 0,
      files: {},
    });
    const file = { passed: 0, failed: 0, skipped: 0, seconds: seconds(module.diagnostic()) };
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      file[state === 'pending' ? 'skipped' : state]++;
    }
    // A file that could not be loaded or torn down.
    if (module.errors().length > 0) file.failed++;
    for (const sum of ['passed', 'failed', 'skipped', 'seconds']) counts[sum] += file[sum];
    counts.files[module.relativeModuleId] = file;
    this.#write();
  }

  onTestRunEnd(_, errors) {
    this.unhandled = errors.length;
    this.#write();
  }

  #title(module) {
    return `${module.relativeModuleId} (${module.project.name})`;
  }

  #write() {
    const { projects, running, unhandled } = this;
    writeFileSync(process.env.TEST_SUMMARY, JSON.stringify({ projects, running: [...running], unhandled }));
  }
}

/** With what comes before the tests: starting, setting up, loading what they import. */
const seconds = ({ prepareDuration, environmentSetupDuration, setupDuration, collectDuration, duration }) =>
  (prepareDuration + environmentSetupDuration + setupDuration + collectDuration + duration) / 1000;
