"""People who sign in at a project's own host, by mail, as a browser does it."""

import re
from http.cookies import SimpleCookie


class Browser:
    """What a browser keeps of a project's sign-in pages: their cookies, and that its requests say where they come from.

    The pages' host is below `localhost`, which browsers resolve by themselves and Python does not: requests go to
    `localhost` and name the host in their header.
    """

    def __init__(self, server):
        self.server = server
        configuration = server.client.get(f"/v1/config/{server.project['publishableKey']}").json()
        self.host = configuration["vaultDomain"]
        self.project_id = configuration["projectId"]
        self.cookies = {}

    def send(self, method, path, body=None):
        headers = {
            "Host": self.host,
            "Origin": f"https://{self.host}",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        request = self.server.client.build_request(method, f"/api/{path}", json=body, headers=headers)
        del request.headers["Authorization"]  # the Backend API key, which the test's client sends by itself
        response = self.server.client.send(request)
        self.keep(response.headers.get_list("set-cookie"))
        return response

    def call(self, method, path, body=None):
        response = self.send(method, path, body)
        assert response.status_code == 200, f"{method} /api/{path}: {response.status_code} {response.text}"
        return response.json()

    def keep(self, lines):
        for line in lines:
            for name, cookie in SimpleCookie(line).items():
                if cookie["max-age"] == "0":
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = cookie.value

    def sign_in(self, email, organization_id):
        """Signs in by the six digits of a mail. The access token."""

        def step(path, body=None, method="POST"):
            return self.call(method, f"intermediate/v1/{path}", body)

        step("intermediate-session", {})
        step("issue-email-verification-challenge", {"email": email})
        step("verify-email-challenge", {"code": self.mailed_code(email)})
        step("set-email-as-primary-login-factor", {})
        offered = step("organizations", method="GET")["organizations"]
        assert [organization["id"] for organization in offered] == [organization_id]
        step("set-organization", {"organizationId": organization_id})
        return step("exchange-intermediate-session-for-session", {})["accessToken"]

    def refresh(self):
        return self.send("POST", "frontend/v1/refresh", {})

    def log_out(self):
        self.call("POST", "frontend/v1/logout", {})

    def mailed_code(self, email):
        """The six digits of the latest mail to this address, from the mailbox of `lockwork serve --dev`."""
        mails = self.server.client.get("/dev/mail.json").json()
        text = next(mail["text"] for mail in mails if mail["to"] == email)
        return re.search(r"^\s*(\d{6})\s*$", text, re.MULTILINE).group(1)
