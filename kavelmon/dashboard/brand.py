"""The mark beside the name of the site: three areas that meet."""

from kavelmon import colours

MARK = (
    '<svg aria-hidden="true" focusable="false" viewBox="0 0 22 20" width="22" height="20">'
    f'<path fill="{colours.KAVEL}" d="M1 4 9 1l3 7-4 6-6-2z"/><path fill="{colours.MAP[2]}" d="m13 6 8-3-1 9-6 1z"/>'
    f'<path fill="{colours.GOOD}" d="m9 15 4-1 6-1-3 5-6 1z"/></svg>'
)
