"""What .ci/check-pages runs: looks at each page with a browser and axe, and prints what it finds."""

import importlib.util
import os
import pathlib
import sys

from selenium import webdriver

AXE = pathlib.Path(importlib.util.find_spec("axe_playwright_python").origin).with_name("axe.min.js").read_text()
WIDTHS = (390, 768, 1440)
SCREENSHOTS = os.environ.get("CAS_SCREENSHOTS")


def browser():
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(options=options, service=webdriver.ChromeService("/usr/bin/chromedriver"))


def findings(driver, page, scheme):
    """One line for each thing that is wrong with a page in a colour scheme, "light" or "dark"."""
    driver.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
    for width in WIDTHS:
        driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride", {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False})
        driver.get(page.resolve().as_uri())
        extent = driver.execute_script("return document.documentElement.scrollWidth")
        if extent > width:
            widest = driver.execute_script(WIDEST, width)
            yield f"scrolls sideways at {width} pixels: it is {extent} wide, because of {widest}"
        if SCREENSHOTS:
            height = driver.execute_script("return document.documentElement.scrollHeight")
            driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
                "width": width, "height": min(height, 12000), "deviceScaleFactor": 1, "mobile": False})
            driver.save_screenshot(f"{SCREENSHOTS}/{page.parent.name}-{scheme}-{width}.png")
        if width != 768:
            driver.execute_script(AXE)
            for violation in driver.execute_async_script("axe.run().then(arguments[0])")["violations"]:
                for node in violation["nodes"][:3]:
                    yield f"axe at {width} pixels, {violation['id']}: {violation['help']}: {node['html'][:160]}"
    for entry in driver.get_log("browser"):
        yield f"console: {entry['message']}"


# The deepest element that reaches beyond the window and is not inside one that scrolls by itself.
WIDEST = """
let found = "nothing that could be named";
for (const element of document.querySelectorAll("body *"))
  if (element.getBoundingClientRect().right > arguments[0] && !element.closest(".scroll, .chart"))
    found = element.outerHTML.slice(0, 120);
return found;
"""


def main():
    pages = [pathlib.Path(name) for name in sys.argv[1:]]
    driver = browser()
    count = 0
    try:
        for page in pages:
            for scheme in ("light", "dark"):
                for line in dict.fromkeys(findings(driver, page, scheme)):
                    count += 1
                    print(f"{page} ({scheme}) {line}")
    finally:
        driver.quit()
    print(f"check-pages: {count} findings in {len(pages)} pages")
    return count > 0


sys.exit(main())
