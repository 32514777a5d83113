/** Every screen of every area opens for its role, in both languages, without an error, in one language, and without a serious fault of accessibility. */
import { SCREENS, shown } from "./addresses";
import { START } from "../src/shell/screens";
import { accessible, expect, inOneLanguage, logInWith, settled, test, token } from "./journey";

for (const screen of SCREENS) {
  test(`the screen ${screen.path}`, async ({ page, request }) => {
    const { role, address } = await shown(screen, request);
    await logInWith(page, await token(request, role), role);
    for (const language of ["zh", "en"] as const) {
      await page.evaluate((l) => localStorage.setItem("quell.language", l), language);
      await page.setViewportSize(language === "zh" ? { width: 360, height: 740 } : { width: 1920, height: 1080 });
      await page.goto(address);
      await settled(page);
      await expect(page.getByRole("main").or(page.locator(".wall")).first()).toBeVisible();
      await inOneLanguage(page, language);
      const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect(over, "wider than the screen").toBeLessThanOrEqual(0);
    }
    await accessible(page);
  });
}

test("what is not for a role is not in its menu, and says so", async ({ page, request }) => {
  await logInWith(page, await token(request, "courier"), "courier");
  await page.goto("/admin/accounts");
  await expect(page.getByText("您的岗位没有此页面")).toBeVisible();
});

test("every role begins where it works", () => {
  for (const [role, path] of Object.entries(START)) {
    const screen = SCREENS.find((s) => s.path === path);
    expect(screen, path).toBeDefined();
    if (role !== "peer_book") expect(screen?.roles, path).toContain(role);
  }
});
