import java.sql.Connection;
import java.sql.Date;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;

/** Does what programs do with the JDBC driver and prints what they see, a line a fact. Arguments: URL, index. */
public class JdbcClient {
    public static void main(String[] args) throws Exception {
        String index = args[1];
        try (Connection connection = DriverManager.getConnection(args[0])) {
            System.out.println("product " + connection.getMetaData().getDatabaseProductName());
            types(connection, index);
            prepared(connection, index);
            metadata(connection, index);
            errors(connection, index);
        }
    }

    private static void types(Connection connection, String index) throws SQLException {
        String columns = "flag, b, s, id, l, f, d, k, t, ip, day, at, clock";
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT " + columns + " FROM " + index + " ORDER BY id")) {
            ResultSetMetaData about = rows.getMetaData();
            for (int row = 1; rows.next(); row++) {
                for (int i = 1; i <= about.getColumnCount(); i++) {
                    Object value = rows.getObject(i);
                    // The driver gives 0 and false for nulls of such columns; only wasNull tells.
                    String shown = rows.wasNull() ? "null" : value.getClass().getSimpleName() + " " + value;
                    System.out.println("row " + row + " " + about.getColumnLabel(i) + " " + about.getColumnTypeName(i) + " " + shown);
                }
            }
        }
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT id AS number, COUNT(*) AS n FROM " + index + " GROUP BY id ORDER BY number")) {
            while (rows.next()) System.out.println("group " + rows.getInt("number") + " " + rows.getLong("n"));
        }
    }

    private static void prepared(Connection connection, String index) throws SQLException {
        String where = " WHERE k = ? AND l = ? AND d > ? AND flag = ? AND day = ?";
        try (PreparedStatement statement = connection.prepareStatement("SELECT id FROM " + index + where)) {
            statement.setString(1, "it's");
            statement.setLong(2, 9007199254740993L);
            statement.setDouble(3, 2.0);
            statement.setBoolean(4, true);
            statement.setDate(5, Date.valueOf("2024-05-17"));
            count("prepared", statement);
            statement.setString(1, "' OR '1'='1");
            count("injected", statement);
        }
    }

    private static void count(String name, PreparedStatement statement) throws SQLException {
        int found = 0;
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) found++;
        }
        System.out.println(name + " " + found);
    }

    private static void metadata(Connection connection, String index) throws SQLException {
        try (ResultSet tables = connection.getMetaData().getTables(null, null, index, null)) {
            while (tables.next()) System.out.println("table " + tables.getString("TABLE_NAME") + " " + tables.getString("TABLE_TYPE"));
        }
        try (ResultSet columns = connection.getMetaData().getColumns(null, null, index, "%")) {
            while (columns.next()) System.out.println("column " + columns.getString("COLUMN_NAME") + " " + columns.getString("TYPE_NAME"));
        }
    }

    private static void errors(Connection connection, String index) {
        try (Statement statement = connection.createStatement()) {
            statement.executeQuery("SELECT nowhere FROM " + index);
            System.out.println("error none");
        } catch (SQLException error) {
            for (Throwable each = error; each != null; each = each.getCause()) {
                System.out.println("error " + String.valueOf(each.getMessage()).replaceAll("\\s+", " "));
            }
        }
    }
}
