import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: "tests",
  // One server for all; each journey makes its own people and tubes.
  globalSetup: "./tests/server.ts",
  workers: 2,
  fullyParallel: false,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  forbidOnly: true,
  reporter: [["list"]],
  projects: [
    { name: "journeys", testIgnore: "**/tests/pictures/**" },
    { name: "pictures", testMatch: "**/tests/pictures/*.spec.ts", fullyParallel: true },
  ],
  use: {
    browserName: "chromium",
    launchOptions: {
      executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
    },
    // Not the book's: what is shown must not depend on it.
    timezoneId: "America/Los_Angeles",
    actionTimeout: 10_000,
  },
});
